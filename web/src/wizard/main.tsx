import { startPage } from "../shared/startPage.tsx"
import { Wizard } from "./Wizard.tsx"

startPage(<Wizard />)

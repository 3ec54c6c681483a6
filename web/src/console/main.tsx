import { CSPProvider } from "@base-ui/react/csp-provider"
import { startPage } from "../shared/startPage.tsx"
import { Console } from "./Console.tsx"

startPage(
  <CSPProvider disableStyleElements>
    <Console />
  </CSPProvider>,
)

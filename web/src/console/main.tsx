import { startPage } from "../shared/startPage.tsx"
import { AppFrame } from "../shared/ui/AppFrame.tsx"

startPage(
  <AppFrame current="console">
    <h1>Console</h1>
  </AppFrame>,
)

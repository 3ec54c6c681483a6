import { startPage } from "../shared/startPage.tsx"
import { AppFrame } from "../shared/ui/AppFrame.tsx"

startPage(
  <AppFrame current="wizard">
    <h1>Fund</h1>
  </AppFrame>,
)

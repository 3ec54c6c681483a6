import { CSPProvider } from "@base-ui/react/csp-provider"
import { AppFrame } from "../shared/ui/AppFrame.tsx"
import { FundProvider } from "./FundProvider.tsx"
import { FundForm } from "./form/FundForm.tsx"
import { History } from "./history/History.tsx"
import { Results } from "./results/Results.tsx"
import styles from "./Wizard.module.css"

/** The fund wizard: the form stays on the left, the results on the right. */
export function Wizard() {
  return (
    <CSPProvider disableStyleElements>
      <FundProvider>
        <AppFrame current="wizard" tools={<History />}>
          <h1 className={styles.unseen}>Fund scenario</h1>
          <div className={styles.columns}>
            <aside className={styles.form} aria-label="The fund">
              <FundForm />
            </aside>
            <div id="results" className={styles.results}>
              <Results />
            </div>
          </div>
        </AppFrame>
      </FundProvider>
    </CSPProvider>
  )
}

import { JsonView } from "./JsonView.tsx"
import styles from "./RunTabs.module.css"
import { useText } from "./useText.ts"

/** What the run was started with. */
export function InputView({ runId }: { readonly runId: string }) {
  const { text, failure } = useText(`/run/${encodeURIComponent(runId)}?include=input`)
  if (failure) return <p className={styles.none}>The input could not be had: {failure}.</p>
  if (text === undefined) return <p className={styles.none}>Loading…</p>
  const { input } = JSON.parse(text) as { input: unknown }
  return <JsonView raw={JSON.stringify(input) ?? "{}"} title="As it was started" />
}

import { Tabs } from "@base-ui/react/tabs"
import type { RunState } from "@runstream/client"
import { navigate } from "../../shared/routing/location.ts"
import { runAddress, type Tab, tabIn, tabs } from "../addresses.ts"
import { EventInspector } from "../events/EventInspector.tsx"
import type { EventLog } from "../events/eventLog.ts"
import { InputView } from "./InputView.tsx"
import { JsonView } from "./JsonView.tsx"
import { ResultView } from "./ResultView.tsx"
import styles from "./RunTabs.module.css"

const names: Record<Tab, string> = {
  events: "Events",
  partial: "Latest partial",
  input: "Input",
  result: "Result",
}

export interface RunTabsProps {
  readonly runId: string
  readonly log: EventLog
  readonly state: RunState | undefined
  readonly address: URL
}

/** What the run got and gave. The tab stands in the address. */
export function RunTabs({ runId, log, state, address }: RunTabsProps) {
  const tab = tabIn(address)
  const partial = log.lastPartial
  return (
    <Tabs.Root
      className={styles.tabs}
      value={tab}
      onValueChange={(to: Tab) => navigate(runAddress(runId, to), { replace: true })}
    >
      <Tabs.List className={styles.list} aria-label="Parts of the run">
        {tabs.map((one) => (
          <Tabs.Tab key={one} value={one} className={styles.tab}>
            {names[one]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="events" className={styles.panel} tabIndex={-1}>
        <EventInspector runId={runId} log={log} />
      </Tabs.Panel>
      <Tabs.Panel value="partial" className={styles.panel}>
        {partial ? (
          <JsonView raw={partial.raw} title={`Event ${partial.seq}, stands for all before it`} />
        ) : (
          <p className={styles.none}>
            No partial has come. A partial is the result so far, as an agent sends it while it
            works.
          </p>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="input" className={styles.panel}>
        <InputView runId={runId} />
      </Tabs.Panel>
      <Tabs.Panel value="result" className={styles.panel}>
        <ResultView runId={runId} state={state} />
      </Tabs.Panel>
    </Tabs.Root>
  )
}

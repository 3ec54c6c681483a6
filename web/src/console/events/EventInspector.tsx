import { useDeferredValue, useMemo, useState } from "react"
import { ConnectionLine } from "./ConnectionLine.tsx"
import styles from "./EventInspector.module.css"
import { EventList } from "./EventList.tsx"
import type { EventLog } from "./eventLog.ts"
import { RowFilter } from "./rowFilter.ts"
import { SearchBox } from "./SearchBox.tsx"
import { TypeChips } from "./TypeChips.tsx"

const allTypes: ReadonlySet<string> = new Set()

/** Every event of a run as it came, to look into, filter and search. */
export function EventInspector({ runId, log }: { readonly runId: string; readonly log: EventLog }) {
  const [types, setTypes] = useState(allTypes)
  const [search, setSearch] = useState("")
  const settled = useDeferredValue(search.trim())
  const [found, setFound] = useState(0)
  const filter = useMemo(
    () => new RowFilter(log.store, { types, search: settled }),
    [log, types, settled],
  )
  const { shown, found: matches } = filter.update()
  const match = matches.length > 0 ? Math.min(found, matches.length - 1) : -1

  return (
    <section className={styles.inspector} aria-label="Events">
      <div className={styles.tools}>
        <TypeChips counts={log.store.counts} chosen={types} onChoose={setTypes} />
        <SearchBox
          text={search}
          match={match}
          matches={matches.length}
          onText={(text) => {
            setSearch(text)
            setFound(0)
          }}
          onMatch={setFound}
        />
      </div>
      <EventList
        key={[...types].join()}
        rows={shown}
        count={shown.length}
        search={settled}
        matchAt={match < 0 ? -1 : (matches[match] ?? -1)}
      />
      <ConnectionLine runId={runId} log={log} />
    </section>
  )
}

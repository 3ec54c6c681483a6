import { useEffect, useState } from "react"
import { Link } from "../../shared/routing/Link.tsx"
import { navigate } from "../../shared/routing/location.ts"
import { basePath } from "../../shared/server/client.ts"
import { stateNames } from "../../shared/ui/StateBadge.tsx"
import { type Filters, listAddress, states } from "../addresses.ts"
import styles from "./RunFilters.module.css"

/** The agents of this server; empty until they are known. */
function useAgents(): readonly string[] {
  const [agents, setAgents] = useState<readonly string[]>([])
  useEffect(() => {
    const abort = new AbortController()
    fetch(basePath, { signal: abort.signal, headers: { accept: "application/json" } })
      .then((response) => response.json())
      .then(({ agents }: { agents: readonly { name: string }[] }) =>
        setAgents(agents.map(({ name }) => name)),
      )
      // Without them the list can still be filtered by state.
      .catch(() => {})
    return () => abort.abort()
  }, [])
  return agents
}

/** Chooses which runs are listed, in the address. */
export function RunFilters({ filters }: { readonly filters: Filters }) {
  const known = useAgents()
  const { state, agent } = filters
  const agents = agent && !known.includes(agent) ? [...known, agent] : known
  return (
    <div className={styles.filters}>
      <nav className={styles.states} aria-label="State">
        {[undefined, ...states].map((one) => (
          <Link
            key={one ?? "all"}
            href={listAddress({ state: one, agent })}
            aria-current={one === state ? "true" : undefined}
          >
            {one ? stateNames[one].replace("…", "") : "All"}
          </Link>
        ))}
      </nav>
      <label className={styles.agent}>
        <span>Agent</span>
        <select
          value={agent ?? ""}
          onChange={({ target }) => navigate(listAddress({ state, agent: target.value }))}
        >
          <option value="">All</option>
          {agents.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </div>
  )
}

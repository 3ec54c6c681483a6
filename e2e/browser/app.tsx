import { createClient } from "@runstream/client"
import { tabs } from "@runstream/client/tabs"
import { RunstreamProvider, useAgentStream } from "@runstream/react"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"

/** The ids of all events that were applied in this page. */
const seen: string[] = []
Object.assign(window, { seen })

const query = new URLSearchParams(location.search)
const key = query.get("key")
const client = createClient({
  baseUrl: query.get("server") ?? "",
  ...(key && { share: { key, tabs } }),
})

function Run() {
  const { status, connection, partials, lastEventId, cancel } = useAgentStream(query.get("run"), {
    onEvent: ({ id }) => seen.push(id),
  })
  return (
    <main>
      <p id="status">{status}</p>
      <p id="connection">{connection.state}</p>
      <p id="count">{partials.length}</p>
      <p id="last">{lastEventId}</p>
      <button type="button" id="cancel" onClick={cancel}>
        Cancel
      </button>
    </main>
  )
}

createRoot(document.body.appendChild(document.createElement("div"))).render(
  <StrictMode>
    <RunstreamProvider client={client}>
      <Run />
    </RunstreamProvider>
  </StrictMode>,
)

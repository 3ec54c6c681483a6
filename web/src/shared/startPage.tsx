import { RunstreamProvider } from "@runstream/react"
import { type ReactNode, StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { client } from "./server/client.ts"
import { restoreTheme } from "./theme/theme.ts"
import { ErrorBoundary } from "./ui/ErrorBoundary.tsx"

/** Shows a page. It reloads by itself when the server was replaced by one whose pages have other files. */
export function startPage(page: ReactNode): void {
  restoreTheme()
  window.addEventListener("vite:preloadError", () => location.reload())
  const root = document.getElementById("page")
  if (!root) throw new Error("The page has no element with the id page")
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <RunstreamProvider client={client}>{page}</RunstreamProvider>
      </ErrorBoundary>
    </StrictMode>,
  )
}

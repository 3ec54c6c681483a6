import { useMemo } from "react"
import { formatBytes } from "../../shared/format/numbers.ts"
import { CopyButton } from "../../shared/ui/CopyButton.tsx"
import { utf8Size } from "../events/eventRows.ts"
import { partsOf, prettyJson } from "../events/prettyJson.ts"
import { visible } from "../events/visible.ts"
import styles from "./JsonView.module.css"

/** So many characters are coloured; what is longer is only set. */
const mostColoured = 60_000

/** JSON over several lines, with a button that copies it as it came. */
export function JsonView({ raw, title }: { readonly raw: string; readonly title?: string }) {
  const pretty = useMemo(() => visible(prettyJson(raw)), [raw])
  const parts = useMemo(
    () => (pretty.length > mostColoured ? undefined : partsOf(pretty)),
    [pretty],
  )
  return (
    <div className={styles.view}>
      <div className={styles.head}>
        <span>{title}</span>
        <span>{formatBytes(utf8Size(raw))}</span>
        <CopyButton text={raw}>Copy raw</CopyButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so must the keyboard */}
      <pre tabIndex={0} className={styles.json}>
        {parts
          ? parts.map(({ text, kind }, at) => (
              <span key={at} className={styles[kind]}>
                {text}
              </span>
            ))
          : pretty}
      </pre>
    </div>
  )
}

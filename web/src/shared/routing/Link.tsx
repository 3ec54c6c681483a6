import type { AnchorHTMLAttributes, MouseEvent } from "react"
import { navigate } from "./location.ts"

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string }

/** A link within this page. With a modifier key, or another button, the browser does what it always does. */
export function Link({ href, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
    if (event.defaultPrevented || !isPlain || event.altKey) return
    event.preventDefault()
    navigate(href)
  }
  return <a {...rest} href={href} onClick={follow} />
}

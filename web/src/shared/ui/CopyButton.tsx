import { useEffect, useState } from "react"
import { Button, type ButtonProps } from "./Button.tsx"

export interface CopyButtonProps extends Omit<ButtonProps, "onClick"> {
  /** What goes to the clipboard, or how to make it. */
  readonly text: string | (() => string)
}

/** Copies a text, and says for two seconds that it did. */
export function CopyButton({ text, children = "Copy", ...rest }: CopyButtonProps) {
  const [said, setSaid] = useState("")
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(""), 2000)
    return () => clearTimeout(timer)
  }, [said])
  const copy = () => {
    const copied = navigator.clipboard?.writeText(typeof text === "string" ? text : text())
    Promise.resolve(copied ?? Promise.reject(new Error("no clipboard"))).then(
      () => setSaid("Copied"),
      () => setSaid("Not copied"),
    )
  }
  return (
    <Button size="small" {...rest} onClick={copy}>
      <span aria-live="polite">{said || children}</span>
    </Button>
  )
}

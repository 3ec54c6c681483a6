import { type ReactNode, useEffect, useState } from "react"
import { IconButton } from "./IconButton.tsx"
import { CheckIcon } from "./icons.tsx"

export interface CopyIconButtonProps {
  readonly text: string
  readonly label: string
  readonly children: ReactNode
  readonly tabIndex?: number
}

/** Copies a text, and shows for two seconds that it did. */
export function CopyIconButton({ text, label, children, tabIndex }: CopyIconButtonProps) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = () => {
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <IconButton
      label={isCopied ? "Copied" : label}
      tone={isCopied ? "done" : "plain"}
      tabIndex={tabIndex}
      onClick={(event) => {
        event.stopPropagation()
        copy()
      }}
    >
      {isCopied ? <CheckIcon /> : children}
    </IconButton>
  )
}

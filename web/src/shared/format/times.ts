import { locale } from "./locale.ts"

/** Spans and moments, in words that a glance understands. */

/** 0.4 s, 12 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function formatSpan(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return "–"
  const seconds = Math.max(0, milliseconds) / 1000
  if (seconds < 1) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const parts: [number, string][] = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ]
  const first = parts.findIndex(([size]) => seconds >= size)
  const [[large, largeName], [small, smallName]] = parts.slice(first) as [
    [number, string],
    [number, string],
  ]
  const whole = Math.floor(seconds / large)
  const rest = Math.floor((seconds - whole * large) / small)
  return rest > 0 ? `${whole} ${largeName} ${rest} ${smallName}` : `${whole} ${largeName}`
}

const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium" })
const dateAndClock = new Intl.DateTimeFormat(locale, {
  dateStyle: "medium",
  timeStyle: "medium",
})

/** The time of day where it is today, else with the date. */
export function formatMoment(moment: Date | number | string): string {
  const date = new Date(moment)
  if (Number.isNaN(date.getTime())) return "–"
  const isToday = date.toDateString() === new Date().toDateString()
  return (isToday ? clock : dateAndClock).format(date)
}

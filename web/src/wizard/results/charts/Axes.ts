/** How all charts look alike. */
export const tick = { fill: "var(--text-faint)", fontSize: 12 }
export const axisLine = { stroke: "var(--line)" }
export const gridStroke = "var(--grid)"
export const chartHeight = 260
/** Room for the marks above. */
export const margin = { top: 26, right: 16, bottom: 0, left: 0 }

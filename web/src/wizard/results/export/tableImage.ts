import { shownCell, type Table } from "../tables/table.ts"
import { asPng } from "./chartImage.ts"

const rowHeight = 28
const margin = 16
const gap = 24

/** Draws a table as a PNG, in the colours of the element beside which it stands. */
export function tableToPng(table: Table, title: string, beside: Element): Promise<Blob> {
  const canvas = document.createElement("canvas")
  const context = canvas.getContext("2d")
  if (!context) return Promise.reject(new Error("This browser draws no images"))
  const { color, backgroundColor, fontFamily } = getComputedStyle(beside)
  const lines = [
    table.columns.map(({ name }) => name),
    ...table.rows.map((row) => row.map((cell, at) => shownCell(cell, table.columns[at]))),
  ]
  const font = (weight: number) => `${weight} 13px ${fontFamily}`
  context.font = font(600)
  const widths = table.columns.map((_, at) =>
    Math.max(...lines.map((line) => context.measureText(line[at] ?? "").width)),
  )
  const width = widths.reduce((sum, each) => sum + each + gap, margin * 2 - gap)
  const height = margin * 2 + (lines.length + 1) * rowHeight
  canvas.width = width * 2
  canvas.height = height * 2
  context.scale(2, 2)
  context.fillStyle = backgroundColor
  context.fillRect(0, 0, width, height)
  context.fillStyle = color
  context.textBaseline = "middle"
  context.font = font(650)
  context.fillText(title, margin, margin + rowHeight / 2)
  lines.forEach((line, row) => {
    context.font = font(row === 0 ? 600 : 400)
    const y = margin + (row + 1.5) * rowHeight
    let x = margin
    line.forEach((text, at) => {
      const columnWidth = widths[at] ?? 0
      context.textAlign = at === 0 ? "left" : "right"
      context.fillText(text, at === 0 ? x : x + columnWidth, y)
      x += columnWidth + gap
    })
  })
  return asPng(canvas)
}

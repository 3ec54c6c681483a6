/** What an element looks like that lies in a style sheet, and so would be lost outside of the page. */
const drawn = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-opacity",
  "paint-order",
  "stop-color",
  "stop-opacity",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "visibility",
]

/** The height of a line above the chart: its title, or whose line is whose. */
const lineHeight = 26
const margin = 12

/** A copy of a chart that looks the same by itself, under a title and a legend on the page's own ground. */
export function standAlone(
  chart: SVGSVGElement,
  title: string,
  legend: readonly { readonly name: string; readonly colour: string }[] = [],
): SVGSVGElement {
  const { width, height } = chart.getBoundingClientRect()
  const copy = copyOf(chart)
  const top = margin + lineHeight * (legend.length > 0 ? 2 : 1)
  const page = element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height: height + top,
  }) as SVGSVGElement
  const card = chart.closest("section") ?? document.body
  const { backgroundColor, color, fontFamily } = getComputedStyle(card)
  const text = (x: number, y: number, content: string, more: object = {}) => {
    const made = element("text", { x, y, fill: color, "font-family": fontFamily, ...more })
    made.textContent = content
    return made
  }
  page.append(
    element("rect", { width, height: height + top, fill: backgroundColor }),
    text(margin, lineHeight, title, { "font-size": 14, "font-weight": 600 }),
  )
  const widthOf = measureIn(`12px ${fontFamily}`)
  let x = margin
  for (const { name, colour } of legend) {
    const y = 2 * lineHeight
    const size = 10
    const fill = resolved(colour, card)
    page.append(
      element("rect", { x, y: y - size, width: size, height: size, rx: 2, fill }),
      text(x + size + 6, y, name, { "font-size": 12 }),
    )
    x += size + 6 + widthOf(name) + 18
  }
  copy.setAttribute("y", String(top))
  copy.setAttribute("width", String(width))
  copy.setAttribute("height", String(height))
  page.append(copy)
  return page
}

/** A copy that has its looks from no style sheet. */
function copyOf(chart: SVGSVGElement): SVGSVGElement {
  const copy = chart.cloneNode(true) as SVGSVGElement
  const originals = [chart, ...chart.querySelectorAll<SVGElement>("*")]
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")]
  originals.forEach((original, index) => {
    const style = getComputedStyle(original)
    const target = copies[index]
    for (const name of drawn) target?.setAttribute(name, style.getPropertyValue(name))
    target?.removeAttribute("style")
    target?.removeAttribute("class")
  })
  return copy
}

/** What a colour with variables is beside this element. */
function resolved(colour: string, beside: Element): string {
  const probe = element("rect", { fill: colour })
  const holder = element("svg", { width: 0, height: 0 })
  holder.append(probe)
  beside.append(holder)
  const { fill } = getComputedStyle(probe)
  holder.remove()
  return fill
}

function measureIn(font: string): (text: string) => number {
  const context = document.createElement("canvas").getContext("2d")
  if (context) context.font = font
  return (text) => context?.measureText(text).width ?? 7 * text.length
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}

/** Draws a chart that stands alone as a PNG, twice as fine as the page. */
export async function toPng(svg: SVGSVGElement): Promise<Blob> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`
  await image.decode()
  const scale = 2
  const canvas = document.createElement("canvas")
  canvas.width = Number(svg.getAttribute("width")) * scale
  canvas.height = Number(svg.getAttribute("height")) * scale
  const context = canvas.getContext("2d")
  if (!context) throw new Error("This browser draws no images")
  context.scale(scale, scale)
  context.drawImage(image, 0, 0)
  return asPng(canvas)
}

export function asPng(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("No image was made"))),
      "image/png",
    ),
  )
}

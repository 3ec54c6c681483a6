/** What an element looks like that lies in a style sheet, and so would be lost outside of the page. */
const drawn = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-opacity",
  "stop-color",
  "stop-opacity",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "visibility",
]

/** A copy of a chart that looks the same by itself, under a title on the page's own ground. */
export function standAlone(chart: SVGSVGElement, title: string): SVGSVGElement {
  const { width, height } = chart.getBoundingClientRect()
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
  const top = 36
  const page = element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height: height + top,
  }) as SVGSVGElement
  const { backgroundColor, color, fontFamily } = getComputedStyle(
    chart.closest("section") ?? document.body,
  )
  page.append(element("rect", { width, height: height + top, fill: backgroundColor }))
  const heading = element("text", {
    x: 12,
    y: 24,
    fill: color,
    "font-family": fontFamily,
    "font-size": 14,
    "font-weight": 600,
  })
  heading.textContent = title
  copy.setAttribute("y", String(top))
  copy.setAttribute("width", String(width))
  copy.setAttribute("height", String(height))
  page.append(heading, copy)
  return page
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

/** One line of a scrape: a metric's value under its labels. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+(\S+)/
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g
const numbers: Readonly<Record<string, number>> = {
  "+Inf": Number.POSITIVE_INFINITY,
  "-Inf": Number.NEGATIVE_INFINITY,
  NaN: Number.NaN,
}

/**
 * Reads the Prometheus text format. Lines that are no samples are passed over.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function parsePrometheus(text: string): Sample[] {
  const samples: Sample[] = []
  for (const written of text.split("\n")) {
    const [, name, labels = "", value = ""] = line.exec(written) ?? []
    if (name === undefined) continue
    samples.push({ name, labels: labelsOf(labels), value: numbers[value] ?? Number(value) })
  }
  return samples
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const [, name = "", value = ""] of text.matchAll(label)) {
    labels[name] = value.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char))
  }
  return labels
}

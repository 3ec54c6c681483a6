import Module, { createRequire } from "node:module"

/**
 * Has packages that `require` React, such as the testing library, get React 18 here. An alias reaches only
 * what is imported.
 */
const node = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string }
const resolve = node._resolveFilename
const here = createRequire(import.meta.url).resolve.paths("react")
node._resolveFilename = (request, parent, isMain, options) =>
  /^react(-dom)?(\/|$)/.test(request)
    ? resolve.call(Module, request, parent, isMain, { paths: here?.map((path) => `${path}/..`) })
    : resolve.call(Module, request, parent, isMain, options)

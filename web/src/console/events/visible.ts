/** Characters that turn the direction of the text after them, so that it reads as what it is not. */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** JSON with such characters written as the escapes that they may stand as. */
export function visible(json: string): string {
  return json.replace(
    turning,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
}

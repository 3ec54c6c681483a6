import { createHash } from "node:crypto"

/**
 * The id of the run that a job is: `<queue>:<jobId>`. Where that holds what a run id may not, or is longer than 128:
 * `<queue>:~` and the SHA-256 of the job id in base64url.
 */
export function runIdOf(queueName: string, jobId: string): string {
  const plain = `${queueName}:${jobId}`
  if (/^[A-Za-z0-9._~:-]{1,128}$/.test(plain)) return plain
  return `${queueName}:~${createHash("sha256").update(jobId).digest("base64url")}`
}

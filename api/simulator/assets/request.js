/**
 * Posts JSON to the simulator's own server. A refusal is returned, in the server's words; so is a server that is gone.
 * @returns {Promise<{ ok: true, body: any } | { ok: false, why: string }>}
 */
export async function post(action, body) {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  let response;
  try {
    response = await fetch(`/simulator/api/${action}`, request);
  } catch {
    return { ok: false, why: 'The server cannot be reached.' };
  }
  const answer = response.status === 204 ? null : await response.json();
  return response.ok ? { ok: true, body: answer } : { ok: false, why: answer.detail };
}

/** What the business's server answered to webhooks, in words. */
export function webhooksIn({ acknowledgements }) {
  if (acknowledgements.length === 0) return '';
  const answers = acknowledgements.map(({ status, ms }) =>
    status === null ? 'no answer' : `${status} in ${ms} ms`,
  );
  return `Webhook: ${answers.join(', ')}`;
}

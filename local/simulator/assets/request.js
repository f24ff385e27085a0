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

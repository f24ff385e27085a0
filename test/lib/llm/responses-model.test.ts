import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { failureFrom, modelAt, SECRET } from './ask-fake.ts';

test.each([
  ['rate_limit_exceeded', 'rate limited'],
  ['server_error', 'unavailable'],
])('a response that failed after its 200 with %s is "%s", and retryable', async (code, kind) => {
  const server = createServer((_, response) => {
    const error = { code, message: SECRET };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ object: 'response', status: 'failed', error, output: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const failure = await failureFrom(modelAt(`http://127.0.0.1:${port}/v1`, 'responses'));
    expect(failure).toMatchObject({ kind, retryable: true, status: 200 });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

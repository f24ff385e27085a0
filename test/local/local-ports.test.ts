import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { usualOrFreePort, tryPort } from '../../local/free-port.ts';
import { planLocal } from '../../local/local-plan.ts';
import { choosePorts } from '../../local/local-ports.ts';

let other: Server;
let busy: number;
let lines: string[];
const report = (line: string) => void lines.push(line);

beforeEach(async () => {
  lines = [];
  other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  busy = (other.address() as AddressInfo).port;
});
afterEach(() => void other.close());

const nothing = planLocal({});

describe('the ports of a start', () => {
  it('begin with PORT, which is had or the start fails with one line', async () => {
    await expect(choosePorts({ PORT: String(busy) }, nothing, report)).rejects.toThrow(
      new Error(`port ${busy} is in use: stop what uses it or set PORT`),
    );
  });

  it.each(['x', '-1', '65536', '3.5'])('refuse PORT=%s with one line', async (PORT) => {
    await expect(choosePorts({ PORT }, nothing, report)).rejects.toThrow(
      'PORT is not a port number',
    );
  });

  it('are all different, and any that is free for PORT=0', async () => {
    const ports = await choosePorts({ PORT: '0' }, nothing, report);
    expect(ports.api).toBeGreaterThan(0);
    expect(new Set(Object.values(ports)).size).toBe(6);
  });

  it('keep clear of a usual one that PORT has taken', async () => {
    const usual = await choosePorts({ PORT: '0' }, nothing, report);
    const ports = await choosePorts({ PORT: String(usual.temporalUi) }, nothing, report);
    expect(ports.temporalUi).not.toBe(usual.temporalUi);
  });

  it('are taken elsewhere, and that is said, when an internal one is in use', async () => {
    const port = await usualOrFreePort('Temporal', busy, new Set(), report);
    expect(port).not.toBe(busy);
    expect(await tryPort(port)).toEqual({ port });
    expect(lines).toEqual([`Temporal: port ${busy} is in use, taking ${port}`]);
  });
});

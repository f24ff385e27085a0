import type { StandIn } from '../../lib/config.ts';
import { fileURLToPath } from 'node:url';
import { json, Router, static as serveStatic } from 'express';
import type { Channel } from '../../domain/channels.ts';
import type { Log } from '../../lib/log.ts';
import { SIMULATED_ACCOUNTS } from './accounts.ts';
import { actionRoutes } from './action-routes.ts';
import { createBackground } from './background.ts';
import type { ReadBehind } from './behind.ts';
import { createDeliveryReports } from './delivery-reports.ts';
import type { ReportTimes } from './delivery-reports.ts';
import { createEventStream } from './event-stream.ts';
import { createGraphCalls } from './graph-calls.ts';
import { createGraphFaults } from './graph-faults.ts';
import { graphRoutes } from './graph-routes.ts';
import type { WorkerControl } from './kill-worker.ts';
import { jsonOfOurPage, localOnly } from './local-only.ts';
import { createMachinery } from './machinery.ts';
import { machineRoutes } from './machine-routes.ts';
import { simulatorPage } from './page.ts';
import { createPassOnPhone } from './pass-on-phone.ts';
import type { PassTime } from './pass-time.ts';
import { PhoneActions } from './phone-actions.ts';
import { messageView, Phones, phoneView } from './phones.ts';
import { GRAPH_FAULTS } from './simulator-event.ts';
import type { GraphFault, Publish, SimulatorEvent } from './simulator-event.ts';
import { createWebhookSender } from './webhook-sender.ts';
import { createWire } from './wire.ts';

export interface SimulatorOptions {
  /** Where the webhooks are received, without `/webhooks`; asked each time, since a port may be known late. */
  webhookBase: () => string;
  /** The channels to simulate: those whose Graph URL is ours. */
  channels: readonly Channel[];
  /** The app secrets that sign, one of those the webhook routes accept. */
  secrets: Readonly<Record<Channel, string>>;
  companyName: string;
  standIns: readonly StandIn[];
  conversationsUrl?: string | undefined;
  /** An address, other than those of this machine, under which the page may be opened. */
  publicUrl?: string | undefined;
  /** For an assistant file that names the accounts it answers for. */
  accounts?: Readonly<Record<Channel, string>> | undefined;
  times?: { reports: ReportTimes; repeatAfterMs: readonly number[] } | undefined;
  /** What is behind the phones. Whatever of it is missing is not shown. */
  behind?: ReadBehind | undefined;
  passTime?: PassTime | undefined;
  worker?: WorkerControl | undefined;
  /** The base URL of the stand-in model. */
  modelUrl?: string | undefined;
  log: Log;
}

export interface Simulator {
  router: Router;
  /** Ends what is open and under way. To be called before the server closes, which waits for it. */
  close(): Promise<void>;
}

/** Meta repeats for days; a demonstration is shown for minutes. */
const TIMES = {
  reports: { sent: 250, delivered: 700, read: 2_000 },
  repeatAfterMs: [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000],
};

/** Two phones in a page, and the Meta between them and this server's own webhook routes. For `npm start` only. */
export function simulatorRoutes(options: SimulatorOptions): Simulator {
  const { channels, accounts = SIMULATED_ACCOUNTS, passTime, log } = options;
  const stream = createEventStream();
  const background = createBackground(log);
  const machinery = createMachinery({ ...options, accounts, publish: stream.publish, background });
  const publish: Publish = (event) => {
    stream.publish(event);
    if (event.type === 'phone gone') machinery.forget(event.phone);
    const phone = event.type === 'message' ? phones.find(event.phone) : undefined;
    if (phone !== undefined) machinery.stirred(phone);
  };
  const phones = new Phones(publish, channels);
  const meta = createMeta({ ...options, accounts, publish, phones, background, machinery });

  const snapshot = (): SimulatorEvent => ({
    type: 'snapshot',
    ...contentOf(phones),
    wire: [...meta.wire.entries()],
    faults: meta.faults.all(),
    ...machinery.views(),
  });
  const page = String(simulatorPage({ ...options, ...machinery.offers, passesTime: !!passTime }));
  const router = Router();
  router.use(meta.graph.router);
  router.use('/simulator', localOnly(options.publicUrl ?? null));
  router.get('/simulator', (_request, response) => void response.type('html').send(page));
  router.get(
    '/simulator/events',
    stream.handler(snapshot, () => machinery.lookAll(phones.all())),
  );
  router.use('/simulator/assets', serveStatic(ASSETS, { index: false }));
  router.use('/simulator/api', jsonOfOurPage, json({ limit: '32kb' }));
  router.use(
    actionRoutes({
      channels,
      phones,
      actions: meta.actions,
      faults: meta.faults,
      possible: possibleFaults(machinery.offers.killsWorker),
      passTime: passTime ? createPassOnPhone({ passTime, phones, background, accounts }) : null,
    }),
  );
  router.use(machineRoutes(machinery));
  return {
    router,
    async close() {
      stream.close();
      meta.graph.close();
      phones.close();
      await background.close();
    },
  };
}

/** What stands in for Meta: what the phones tell the business, and what it can ask for. */
function createMeta(
  deps: SimulatorOptions & {
    accounts: Readonly<Record<Channel, string>>;
    publish: Publish;
    phones: Phones;
    background: ReturnType<typeof createBackground>;
    machinery: ReturnType<typeof createMachinery>;
  },
) {
  const { publish, phones, accounts, times = TIMES } = deps;
  const wire = createWire(publish);
  const faults = createGraphFaults(publish);
  const sender = createWebhookSender({ ...deps, repeatAfterMs: times.repeatAfterMs, wire });
  const reports = createDeliveryReports({ ...deps, sender, times: times.reports });
  const calls = createGraphCalls({ phones, reports, accounts });
  const killWorker = () => void deps.machinery.worker?.kill();
  const { met } = deps.machinery;
  const graph = graphRoutes({ ...deps, calls, faults, wire, killWorker, met });
  return { wire, faults, graph, actions: new PhoneActions({ phones, sender, accounts }) };
}

function contentOf(phones: Phones) {
  const all = phones.all();
  return {
    phones: all.map(phoneView),
    messages: all.flatMap(({ id, messages }) =>
      messages.map((one) => ({ phone: id, message: messageView(one) })),
    ),
  };
}

function possibleFaults(killsWorker: boolean): GraphFault[] {
  return GRAPH_FAULTS.filter((fault) => fault !== 'worker killed' || killsWorker);
}

const ASSETS = fileURLToPath(new URL('assets/', import.meta.url));

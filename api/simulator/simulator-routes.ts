import { fileURLToPath } from 'node:url';
import { Router, static as serveStatic } from 'express';
import type { Channel } from '../../domain/channels.ts';
import type { Log } from '../../lib/log.ts';
import { SIMULATED_ACCOUNTS } from './accounts.ts';
import { actionRoutes } from './action-routes.ts';
import { createBackground } from './background.ts';
import { createDeliveryReports } from './delivery-reports.ts';
import type { ReportTimes } from './delivery-reports.ts';
import { createEventStream } from './event-stream.ts';
import { createGraphCalls } from './graph-calls.ts';
import { createGraphFaults } from './graph-faults.ts';
import { graphRoutes } from './graph-routes.ts';
import { localOnly } from './local-only.ts';
import { simulatorPage } from './page.ts';
import { PhoneActions } from './phone-actions.ts';
import { messageView, Phones, phoneView } from './phones.ts';
import type { SimulatorEvent } from './simulator-event.ts';
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
  /** What is stood in for: `meta`, `model`, `mail`, `identity`. */
  standIns: readonly string[];
  temporalUiUrl?: string | undefined;
  /** An address, other than those of this machine, under which the page may be opened. */
  publicUrl?: string | undefined;
  /** For an assistant file that names the accounts it answers for. */
  accounts?: Readonly<Record<Channel, string>> | undefined;
  times?: { reports: ReportTimes; repeatAfterMs: readonly number[] } | undefined;
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
  const { channels, accounts = SIMULATED_ACCOUNTS, times = TIMES, log } = options;
  const stream = createEventStream();
  const phones = new Phones(stream.publish, channels);
  const wire = createWire(stream.publish);
  const faults = createGraphFaults(stream.publish);
  const background = createBackground(log);
  const sender = createWebhookSender({
    ...options,
    repeatAfterMs: times.repeatAfterMs,
    wire,
    background,
  });
  const reports = createDeliveryReports({
    phones,
    sender,
    background,
    accounts,
    times: times.reports,
  });
  const actions = new PhoneActions({ phones, sender, accounts });
  const calls = createGraphCalls({ phones, reports, accounts });
  const graph = graphRoutes({ channels, phones, calls, faults, wire, accounts });
  const snapshot = (): SimulatorEvent => ({
    type: 'snapshot',
    phones: phones.all().map(phoneView),
    messages: phones
      .all()
      .flatMap(({ id, messages }) =>
        messages.map((one) => ({ phone: id, message: messageView(one) })),
      ),
    wire: [...wire.entries()],
    faults: faults.all(),
  });

  const page = String(simulatorPage(options));
  const router = Router();
  router.use(graph.router);
  router.use('/simulator', localOnly(options.publicUrl ?? null));
  router.get('/simulator', (_request, response) => void response.type('html').send(page));
  router.get('/simulator/events', stream.handler(snapshot));
  router.use('/simulator/assets', serveStatic(ASSETS, { index: false }));
  router.use(actionRoutes({ channels, phones, actions, faults }));
  return {
    router,
    async close() {
      stream.close();
      graph.close();
      phones.close();
      await background.close();
    },
  };
}

const ASSETS = fileURLToPath(new URL('assets/', import.meta.url));

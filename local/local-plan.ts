import type { StandIn } from '../lib/config.ts';
import { isThisMachine } from '../lib/oidc/safe-address.ts';

/** The environment as a process gets it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What this machine provides itself, because no setting says otherwise. */
export interface LocalPlan {
  temporal: boolean;
  postgres: boolean;
  model: boolean;
  /** A folder takes the place of a mail server. */
  mail: boolean;
  /** The api itself says who is staff: anyone who sits at this machine. */
  staff: boolean;
  /** The channels for which Meta is the built-in simulator. */
  simulated: { whatsapp: boolean; instagram: boolean };
}

/** Whether a setting is given, by itself or as the name of a file; an empty one is not. */
export function isGiven(environment: Environment, name: string): boolean {
  return Boolean(environment[name]) || Boolean(environment[`${name}_FILE`]);
}

/** Any of these makes a channel real. A verify token or a name alone does not: nothing can be sent with it. */
const CHANNEL_SETTINGS = ['GRAPH_URL', 'ACCESS_TOKEN', 'APP_SECRETS'] as const;

/** A setting that is given replaces its part, and that part alone. */
export function planLocal(environment: Environment): LocalPlan {
  const none = (...names: string[]) => names.every((name) => !isGiven(environment, name));
  const isSimulated = (channel: string) =>
    none(...CHANNEL_SETTINGS.map((setting) => `${channel}_${setting}`));
  return {
    temporal: none('TEMPORAL_ADDRESS'),
    postgres: none('DATABASE_URL'),
    model: none('OPENAI_API_KEY', 'OPENAI_BASE_URL'),
    mail: none('SMTP_URL'),
    // A service that is reached from elsewhere must not believe everybody who asks.
    staff: none('OIDC_ISSUER') && isThisMachine(environment['PUBLIC_URL'] || 'http://127.0.0.1'),
    simulated: { whatsapp: isSimulated('WHATSAPP'), instagram: isSimulated('INSTAGRAM') },
  };
}

/** The parts that something else stands in for. */
export function standInsOf(plan: LocalPlan): StandIn[] {
  return [
    ...(plan.simulated.whatsapp || plan.simulated.instagram ? (['meta'] as const) : []),
    ...(plan.model ? (['model'] as const) : []),
    ...(plan.mail ? (['mail'] as const) : []),
    ...(plan.staff ? (['staff'] as const) : []),
  ];
}

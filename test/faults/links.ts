import type { Addresses } from '../system/processes.ts';
import { createLink } from './link.ts';
import type { Link } from './link.ts';
import { LINKS } from './plan.ts';
import type { LinkName } from './plan.ts';

export type Links = Record<LinkName, Link>;

const TARGETS: Record<LinkName, keyof Addresses> = {
  'api to postgres': 'database',
  'api to temporal': 'temporal',
  'worker to postgres': 'database',
  'worker to temporal': 'temporal',
  'worker to meta': 'meta',
  'worker to model': 'model',
};

/** A link between each process and each other part that it reaches, and what the processes are told to reach them by. */
export async function linkEverything(direct: Addresses): Promise<{
  links: Links;
  told: Record<'api' | 'worker', Addresses>;
  close: () => Promise<void>;
}> {
  const made = await Promise.all(
    LINKS.map(
      async (name) =>
        [name, await createLink(Number(hostOf(direct[TARGETS[name]]).split(':')[1]))] as const,
    ),
  );
  const links = Object.fromEntries(made) as Links;
  const through = (from: 'api' | 'worker'): Addresses => {
    const told = { ...direct };
    for (const [name, link] of made) {
      const target = TARGETS[name];
      if (name.startsWith(`${from} `))
        told[target] = direct[target].replace(hostOf(direct[target]), `127.0.0.1:${link.port}`);
    }
    return told;
  };
  return {
    links,
    told: { api: through('api'), worker: through('worker') },
    close: async () => void (await Promise.all(made.map(([, link]) => link.close()))),
  };
}

/** `127.0.0.1` with its port, as it stands in an address of any kind. */
function hostOf(address: string): string {
  const host = /127\.0\.0\.1:\d+/.exec(address)?.[0];
  if (host === undefined) throw new Error('a link leads to this machine only');
  return host;
}

/** A provider at which several addresses are one mailbox. */
interface Provider {
  /** The first stands for all. */
  domains: readonly [string, ...string[]];
  /** What makes no difference before the @. */
  ignores?: RegExp;
  /** Where the name ends and a tag begins, beside the plus sign. */
  tag?: string;
  /** What stands before the @ is a tag, and the name is a subdomain. */
  hasSubdomains?: true;
  /** Where that is documented, by the provider or by others who count mailboxes. */
  source: string;
}

export const PROVIDERS: readonly Provider[] = [
  {
    domains: ['gmail.com', 'googlemail.com'],
    ignores: /\./g,
    source: 'https://support.google.com/mail/answer/7436150',
  },
  {
    domains: ['icloud.com', 'me.com', 'mac.com'],
    source: 'https://pypi.org/project/email-normalize/',
  },
  {
    domains: ['protonmail.com', 'proton.me', 'pm.me', 'protonmail.ch'],
    ignores: /[._-]/g,
    source: 'https://protonmail.com/support/knowledge-base/addresses-and-aliases/',
  },
  {
    domains: ['yandex.ru', 'ya.ru', 'yandex.com', 'yandex.by', 'yandex.kz', 'yandex.ua'],
    source: 'https://www.yandex.com/support/mail/reg.html',
  },
  {
    domains: ['fastmail.com'],
    hasSubdomains: true,
    source: 'https://github.com/maxmind/minfraud-api-ruby/releases/tag/v2.5.0',
  },
  {
    domains: ['yahoo.com'],
    tag: '-',
    source: 'https://github.com/maxmind/minfraud-api-ruby/releases/tag/v2.5.0',
  },
];

/**
 * The mailbox in which a mail to this address arrives, as far as spelling tells: letter case makes no difference, nor
 * does what follows a plus sign, nor what the provider says makes none. It is for counting alone; mail goes to the
 * address as it was given.
 */
export function mailboxOf(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).toLowerCase();
  const domain = asciiDomain(address.slice(at + 1));
  const provider = PROVIDERS.find(({ domains, hasSubdomains }) =>
    domains.some((one) => domain === one || (hasSubdomains && domain.endsWith(`.${one}`))),
  );
  const subdomain = /^(?<name>[^.]+)\./.exec(domain)?.groups?.['name'];
  const isSubdomain = provider?.hasSubdomains && !provider.domains.includes(domain);
  const name = (isSubdomain ? subdomain : local) ?? local;
  const [beforePlus = ''] = name.split('+');
  const [untagged = ''] =
    provider?.tag === undefined ? [beforePlus] : beforePlus.split(provider.tag);
  const plain = provider?.ignores === undefined ? untagged : untagged.replace(provider.ignores, '');
  return `${plain || local}@${provider?.domains[0] ?? domain}`;
}

/** Names with letters of other scripts have two spellings. */
function asciiDomain(domain: string): string {
  const written = domain.toLowerCase().replace(/\.$/, '');
  return URL.canParse(`http://${written}`) ? new URL(`http://${written}`).hostname : written;
}

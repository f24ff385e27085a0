/** An address with a scheme, one that starts with www., or a bare domain: all of them become links in Meta's apps. */
const LINK =
  /(?:[Hh][Tt]{2}[Pp][Ss]?:\/\/|[Ww]{3}\.)[^\s<>"]+|(?<![\p{L}\p{N}@.-])(?:[\p{L}\p{N}-]+\.)+(?:[a-z]{2,}|(?<=[\p{Lu}\p{N}-]+\.)[A-Z]{2,}|(?!\p{Script=Latin})\p{Ll}{2,})(?![\p{L}\p{N}-])/gu;

/**
 * The hosts in a reply that are not on the business's list (or a subdomain of one that is), each once.
 * A model can make up an address that looks right, so the list is checked after it has written, not only told to it.
 */
export function foreignLinks(reply: string, allowed: readonly string[]): string[] {
  // Wide letters and the full stop of Chinese texts are read as plain ones when the link is opened.
  const plain = reply.normalize('NFKC').replaceAll('\u3002', '.');
  const hosts = [...plain.matchAll(LINK)].map(([link]) => hostOf(link));
  const isAllowed = (host: string) =>
    allowed.some((domain) => host === domain || host.endsWith(`.${domain}`));
  return [...new Set(hosts)].filter((host) => !isAllowed(host));
}

function hostOf(link: string): string {
  const address = link.replace(/[.,;:!?)\]}'*_]+$/, '');
  const url = URL.parse(/^https?:/i.test(address) ? address : `https://${address}`);
  // What no parser can read is nobody's domain, so it is reported as it stands.
  return url?.hostname ?? address.toLowerCase();
}

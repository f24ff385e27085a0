/** This machine, as a URL names it. */
const THIS_MACHINE = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether nobody on the way can read or change what is sent there (policy S1): https, or this machine. */
export function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && THIS_MACHINE.test(hostname));
}

/** Whether an address is one of this machine itself. */
export function isThisMachine(address: string): boolean {
  return URL.canParse(address) && THIS_MACHINE.test(new URL(address).hostname);
}

/** What came so far, and a way to wait for what has not come yet. */
export function createWaitingList<Item>() {
  const items: Item[] = [];
  const waiting = new Set<{ fits: (item: Item) => boolean; found: (item: Item) => void }>();
  return {
    items,
    add(item: Item): void {
      items.push(item);
      for (const one of waiting) {
        if (!one.fits(item)) continue;
        waiting.delete(one);
        one.found(item);
      }
    },
    first(fits: (item: Item) => boolean): Promise<Item> {
      const known = items.find(fits);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((found) => waiting.add({ fits, found }));
    },
  };
}

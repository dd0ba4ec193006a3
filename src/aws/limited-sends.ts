/**
 * A client that has no more requests under way than it has connections. The SDK counts a request's time from when it is
 * made, also while it waits for a connection: a walk over a thousand partitions would time out by its own number.
 */

interface Sender {
  send(command: unknown): Promise<unknown>;
}

/** @returns a client that sends in the order in which it is asked, at most `maxUnderWay` at a time */
export function limitedSends<Client extends { readonly send: unknown }>(client: Client, maxUnderWay: number): Pick<Client, 'send'> {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  const send = async (command: unknown): Promise<unknown> => {
    if (underWay >= maxUnderWay) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
    try {
      return await (client as unknown as Sender).send(command);
    } finally {
      // Whoever is next takes this one's place.
      const next = waiting.shift();
      if (next === undefined) underWay -= 1;
      else next();
    }
  };
  return { send };
}

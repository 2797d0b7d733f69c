// Query and address of the file in the page's own address: a link shows somebody else the same.

export interface Shared {
  url: string | undefined;
  sql: string | undefined;
}

export function readAddress(): Shared {
  const values = new URLSearchParams(location.hash.slice(1));
  return { url: values.get('url') ?? undefined, sql: values.get('sql') ?? undefined };
}

export function writeAddress({ url, sql }: Shared): void {
  const values = new URLSearchParams();
  if (url) values.set('url', url);
  if (sql) values.set('sql', sql);
  history.replaceState(null, '', `#${values}`);
}

/** Copies the address; false where the browser does not let us. */
export async function copyAddress(): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(location.href);
    return true;
  } catch {
    return false;
  }
}

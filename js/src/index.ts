// The entry for browsers.
import { Database } from './database.js';
import type { WhittleOptions } from './options.js';
import { browser } from './browser.js';
import { startWorker } from './worker_client.js';

export * from './public.js';

/** A database; see {@link Database}. */
export type Whittle = Database;

/** Makes databases. */
export const Whittle = {
  /** Starts the engine. Nothing is fetched but the module.
   *  @throws WhittleError for options that make no sense */
  create: (options: WhittleOptions = {}): Promise<Database> => Database.start(options, { ...browser, startWorker }),
};

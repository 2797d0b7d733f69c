// Database: an instance of the module, its memory limit, its files.
import { Connection } from './connection.js';
import { Engine, type EngineCalls, type MemoryUse } from './engine.js';
import { invalid } from './errors.js';
import { type FileOptions, type FileSource, openFile } from './files.js';
import { type QueryOptions, type ValueOptions, type WhittleOptions, parseMemorySize } from './options.js';
import { ParquetFile } from './parquet_file.js';
import { type Platform, engineOptions, nulEnded, resolveModule } from './start.js';
import { type Tier, detectTier } from './tier.js';

/** A database. Make one with `Whittle.create`; give its memory back with {@link Database.close}. */
export class Database {
  private constructor(private readonly engine: EngineCalls, private readonly defaults: ValueOptions,
    /** Which build of the module runs. */ readonly tier: Tier) {}

  /** Starts an instance of the module. @internal */
  static async start(options: WhittleOptions, platform: Platform): Promise<Database> {
    const memoryLimit = parseMemorySize(options.memoryLimit ?? platform.memoryLimit);
    if (memoryLimit === undefined) throw invalid(`memoryLimit is not a size: ${options.memoryLimit}`);
    if (options.worker && !platform.startWorker) throw invalid('worker: true needs a browser');
    if (options.worker && options.fetch) throw invalid('a worker cannot be given a fetch function of this thread');
    const tier = options.tier ?? detectTier();
    const module = resolveModule(options, platform, tier);
    const engine = await (options.worker ? platform.startWorker!(options, memoryLimit, module)
      : Engine.start(await module, engineOptions(options, platform, memoryLimit)));
    return new Database(engine, options, tier);
  }

  /** A connection; any number may be open. */
  async connect(): Promise<Connection> {
    return new Connection(this.engine, await this.engine.connect(), this.defaults);
  }

  /** Makes `FROM 'name'` mean a file of the caller's: a Blob, bytes, an address, or a reader. */
  async registerFile(name: string, source: FileSource, options: FileOptions = {}): Promise<void> {
    if (typeof source === 'string' || source instanceof URL) {
      return this.engine.addUrl(name, String(source), nulEnded(options.headers), options.byteLength ?? -1);
    }
    // A Blob goes to a worker as it is.
    return this.engine.addFile(name, source instanceof Blob ? source : openFile(source));
  }

  /** Forgets a registered file; statements that read it go on. */
  async unregisterFile(name: string): Promise<void> {
    await this.engine.removeFile(name);
  }

  /** Opens one Parquet file for reading without SQL. */
  async openParquet(url: string | URL, options: QueryOptions = {}): Promise<ParquetFile> {
    return ParquetFile.open(this.engine, await this.connect(), this.defaults, String(url), options);
  }

  /** Bytes of the limit in use. */
  memory(): MemoryUse {
    return this.engine.memory();
  }

  /** Stops everything and gives the memory back. */
  async close(): Promise<void> {
    await this.engine.shutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

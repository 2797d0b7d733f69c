// Stands before a script that uses WebAssembly, in a page or in a worker: keeps every memory that is made or
// exported, and says how large they are when page.mjs asks. No API tells this from outside.
(() => {
  const memories = new Set();
  const api = globalThis.WebAssembly;
  const keep = (value) => {
    if (value instanceof api.Memory) memories.add(value);
  };
  const keepAll = (result) => {
    const { exports } = result.instance ?? result;
    Object.values(exports).forEach(keep);
    return result;
  };
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = api[name];
    api[name] = (...values) => original.apply(api, values).then(keepAll);
  }
  const { Instance } = api;
  api.Instance = new Proxy(Instance, {
    construct: (target, values) => keepAll(new target(...values)),
  });
  api.Memory = new Proxy(api.Memory, {
    construct(target, values) {
      const memory = new target(...values);
      memories.add(memory);
      return memory;
    },
  });
  const channel = new BroadcastChannel('wasm memory');
  channel.onmessage = () => {
    let bytes = 0;
    for (const memory of memories) bytes += memory.buffer.byteLength;
    if (bytes) channel.postMessage(bytes);
  };
})();

// Reads the IPC stream and file that test_columnar wrote (WHITTLE_ARROW_OUT) with Flechette and with
// Apache Arrow's JavaScript, and checks every value.
//   node tests/arrow/read.mjs DIRECTORY     (both packages must be resolvable from there)
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'

const directory = resolve(process.argv[2])
const require = createRequire(pathToFileURL(directory + '/'))
const flechette = await import(pathToFileURL(require.resolve('@uwdata/flechette')))
const arrow = require('apache-arrow')

const bytes = (...values) => new Uint8Array(values)
const text = string => new TextEncoder().encode(string)
// Both batches hold these three rows; the middle one is NULL throughout.
const expected = {
  flag: [true, false],
  tiny: [-1, 127],
  big: [9223372036854775807n, -5n],
  unsigned: [4294967295, 0],
  huge: [12345678901234567890123n, -1n],
  real: [1.5, -0.25],
  single: [1.5, 2],
  price: [123456n, -1n],
  word: ['a string above twelve bytes', ''],
  bytes: [bytes(0, 255), text('abc')],
  document: ['{"a": [1]}', 'null'],
  id: ['6d3d2541-710b-4bde-b3af-4711738636bf', '00000000-0000-0000-0000-000000000001'],
  day: [Date.UTC(2020, 1, 29), Date.UTC(1969, 11, 31)],
  clock: [3723500000n, 86399000000n],
  moment: [Date.UTC(2020, 1, 29, 1, 2, 3) + 456.789, Date.UTC(1969, 11, 31)],
  instant: [Date.UTC(2020, 1, 28, 23, 2, 3), 0],
  bits: ['101', '1'],
  words: [['a', null, 'b c'], []],
  pair: [[1, 2], [3, null]],
  point: [{ x: 1, name: 'one' }, { x: null, name: 'two' }],
  ages: [[['ann', 1], ['bob', null]], []],
}

function checkFlechette(data) {
  const table = flechette.tableFromIPC(data, { useBigInt: true, useDecimalInt: true })
  assert.equal(table.numRows, 6)
  for (const [name, [first, last]] of Object.entries(expected)) {
    const column = table.getChild(name)
    for (const base of [0, 3]) {
      const plain = value => {
        if (value instanceof Map) return [...value]
        if (ArrayBuffer.isView(value) && !(value instanceof Uint8Array)) return [...value]
        return value
      }
      assert.deepEqual(plain(column.at(base)), first, `flechette ${name}`)
      assert.equal(column.at(base + 1), null, `flechette ${name}`)
      assert.deepEqual(plain(column.at(base + 2)), last, `flechette ${name}`)
    }
  }
  const span = table.getChild('span')
  assert.deepEqual([...span.at(0)].map(Number), [1, 2, 3e9])
  assert.equal(table.getChild('nothing').at(0), null)
  const huge = table.schema.fields.find(field => field.name === 'huge')
  assert.equal(huge.metadata.get('whittle:type'), 'HUGEINT')
}

function checkApacheArrow(data) {
  const table = arrow.tableFromIPC(data)
  assert.equal(table.numRows, 6)
  assert.equal(table.schema.fields.length, Object.keys(expected).length + 2)
  for (const name of ['flag', 'tiny', 'big', 'unsigned', 'real', 'single', 'word', 'bytes', 'document', 'id', 'bits']) {
    const column = table.getChild(name)
    assert.deepEqual(column.get(3), expected[name][0], `apache-arrow ${name}`)
    assert.equal(column.get(4), null, `apache-arrow ${name}`)
    assert.deepEqual(column.get(5), expected[name][1], `apache-arrow ${name}`)
  }
  assert.deepEqual([...table.getChild('words').get(0)], expected.words[0])
  assert.deepEqual([...table.getChild('pair').get(2)], expected.pair[1])
  assert.equal(table.getChild('point').get(2).name, 'two')
  assert.deepEqual([...table.getChild('ages').get(0)], expected.ages[0])
  assert.equal(String(table.schema.fields[7].type), 'Decimal[9e+2]')
}

for (const name of ['sample.arrows', 'sample.arrow']) {
  const data = new Uint8Array(readFileSync(`${directory}/${name}`))
  checkFlechette(data)
  checkApacheArrow(data)
  console.log(`${name}: ${data.length} bytes read right by flechette and apache-arrow`)
}

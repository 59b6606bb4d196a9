// Where V8 keeps what: from the constants for post-mortem debuggers that every official build of Node exports (v8dbg_*).
import { ReadError } from '../read-error.ts';
import { readConstants } from './elf.ts';

/** Instance types, by the name of the class in V8. */
export interface InstanceTypes {
  readonly map: number;
  readonly asyncFunction: number;
  readonly asyncGenerator: number;
  /** Of generators that are not async. It is not exported, but stands before its two subclasses. */
  readonly generator: number;
  readonly promise: number;
  readonly reaction: number;
  readonly capability: number;
  readonly request: number;
  readonly bytecode: number;
  readonly interpreterData: number;
  readonly code: number;
  readonly script: number;
  readonly scopeInfo: number;
  readonly module: number;
  readonly fixedArray: number;
  readonly arrayList: number;
  readonly propertyCell: number;
  readonly propertyArray: number;
  readonly symbol: number;
  readonly jsMap: number;
  readonly jsArray: number;
  readonly heapNumber: number;
  readonly embedderData: number;
  readonly firstNonstring: number;
  readonly firstFunction: number;
  readonly lastFunction: number;
  readonly firstContext: number;
  readonly lastContext: number;
  /** Objects of JavaScript have this type or a greater one. */
  readonly firstObject: number;
  /** Objects that native code made from a template of its own have this type or one of the next thousand. */
  readonly firstApiObject: number;
  /** What holds weakly, although the word in it looks like any other. */
  readonly weak: ReadonlySet<number>;
  readonly uncompiled: ReadonlySet<number>;
  /** Jobs in the microtask queue that settle a promise. */
  readonly microtasks: ReadonlySet<number>;
}

/** Byte offsets of fields from the beginning of an object. */
export interface FieldOffsets {
  readonly functionContext: number;
  readonly functionShared: number;
  readonly sharedName: number;
  readonly sharedScript: number;
  readonly scriptName: number;
  readonly scriptSource: number;
  readonly bytecodeHeader: number;
  readonly mapConstructor: number;
  readonly sharedFlags: number;
  readonly mapPrototype: number;
  readonly mapBitField3: number;
  readonly mapDescriptors: number;
  readonly uncompiledStart: number;
  readonly uncompiledEnd: number;
  readonly uncompiledName: number;
  readonly descriptorsHeader: number;
  /** Index of the first variable part of a ScopeInfo, in words after its header. */
  readonly scopeInfoFirst: number;
  /** Of a native context: what the embedder (Node) keeps with it. */
  readonly contextEmbedderData: number;
}

/** How a property descriptor is packed: shifts and masks of its details, and of the map's third bit field. */
export interface DescriptorBits {
  readonly dictionaryShift: number;
  readonly ownCountMask: number;
  readonly ownCountShift: number;
  readonly size: number;
  readonly key: number;
  readonly details: number;
  readonly locationMask: number;
  readonly locationShift: number;
  readonly locationField: number;
  readonly indexMask: number;
  readonly indexShift: number;
}

export interface Layout {
  readonly types: InstanceTypes;
  readonly offsets: FieldOffsets;
  readonly descriptors: DescriptorBits;
}

// These are not exported. They are the same from V8 11.3 (Node 20) to 14.6 (Node 26), and whatever is read by them is
// checked by its type before it is believed.
export const fixed = {
  generatorFunction: 24,
  generatorReceiver: 40,
  generatorDebugPosition: 48,
  generatorContinuation: 64,
  generatorRegisters: 72,
  /** Of an async function its promise, of an async generator the first request of its queue. */
  generatorResult: 80,
  promiseReactions: 24,
  promiseFlags: 32,
  capabilityPromise: 8,
  contextHeader: 16,
  mapInstanceSize: 8,
  mapInobjectStart: 9,
  mapInstanceType: 12,
  stringLength: 12,
  arrayLength: 8,
  arrayElements: 16,
  scopeInfoLocals: 24,
  symbolDescription: 16,
  /** Words before the entries of a dictionary of properties, and in each: key, value, details. */
  dictionaryHeader: 6,
  dictionaryEntry: 3,
  /** Kinds of functions, in the lowest five bits of their flags: async methods and async generator methods, static or not. */
  firstMethodKind: 14,
  lastMethodKind: 17,
  /** Index in the embedder data of a context at which Node keeps the Environment of the thread. */
  environmentIndex: 32,
} as const;

/** The layout that a build of Node describes. `files`: its executable first, then libraries (`libnode.so`). */
export function readLayout(files: readonly string[]): Layout {
  for (const file of files) {
    const constants = readFile(file);
    if (constants.size > 0) return layoutOf(constants);
  }
  throw new ReadError(
    'not-node',
    `${files[0] ?? 'the program'} is not Node, or a build of it without V8's debug constants; use --via inspector`,
  );
}

function readFile(file: string): ReadonlyMap<string, number> {
  try {
    return readConstants(file, 'v8dbg_');
  } catch (error) {
    throw new ReadError('file', `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function layoutOf(constants: ReadonlyMap<string, number>): Layout {
  const missing: string[] = [];
  const exact = (name: string): number => {
    const value = constants.get(name);
    if (value === undefined) missing.push(name);
    return value ?? -1;
  };
  const starting = (prefix: string): number => {
    for (const [name, value] of constants) if (name.startsWith(prefix)) return value;
    missing.push(prefix);
    return -1;
  };
  const type = (name: string): number => starting(`type_${name}__`);
  const all = (pattern: RegExp): number[] =>
    [...constants].filter(([name]) => pattern.test(name)).map(([, value]) => value);

  if (exact('TaggedSize') === 4) {
    throw new ReadError('unsupported', 'this build of Node compresses pointers, which cannot be read from memory');
  }
  const layout: Layout = {
    types: {
      map: type('Map'),
      asyncFunction: type('JSAsyncFunctionObject'),
      asyncGenerator: type('JSAsyncGeneratorObject'),
      generator: type('JSAsyncFunctionObject') - 1,
      promise: type('JSPromise'),
      reaction: type('PromiseReaction'),
      capability: type('PromiseCapability'),
      request: type('AsyncGeneratorRequest'),
      bytecode: type('BytecodeArray'),
      interpreterData: type('InterpreterData'),
      code: type('Code'),
      script: type('Script'),
      scopeInfo: type('ScopeInfo'),
      module: type('SourceTextModule'),
      fixedArray: type('FixedArray'),
      arrayList: type('ArrayList'),
      propertyCell: type('PropertyCell'),
      propertyArray: type('PropertyArray'),
      symbol: type('Symbol'),
      jsMap: type('JSMap'),
      jsArray: type('JSArray'),
      heapNumber: type('HeapNumber'),
      embedderData: type('EmbedderDataArray'),
      firstNonstring: exact('FirstNonstringType'),
      firstFunction: exact('FirstJSFunctionType'),
      lastFunction: exact('LastJSFunctionType'),
      firstContext: exact('FirstContextType'),
      lastContext: exact('LastContextType'),
      firstObject: exact('SpecialAPIObjectType'),
      firstApiObject: exact('APIObjectType'),
      weak: new Set([type('JSWeakRef'), type('WeakCell')]),
      uncompiled: new Set(all(/^type_UncompiledData/)),
      microtasks: new Set(all(/^type_Promise(Fulfill|Reject)ReactionJobTask|^type_PromiseResolveThenableJobTask/)),
    },
    offsets: {
      functionContext: starting('class_JSFunction__context__'),
      functionShared: starting('class_JSFunction__shared__'),
      sharedName: starting('class_SharedFunctionInfo__name_or_scope_info__'),
      sharedScript: starting('class_SharedFunctionInfo__script__'),
      scriptName: starting('class_Script__name__'),
      scriptSource: starting('class_Script__source__'),
      bytecodeHeader: starting('class_BytecodeArray__data__'),
      mapConstructor: starting('class_Map__constructor_or_back_pointer__'),
      sharedFlags: starting('class_SharedFunctionInfo__flags__'),
      mapPrototype: starting('class_Map__prototype__'),
      mapBitField3: starting('class_Map__bit_field3__'),
      mapDescriptors: starting('class_Map__instance_descriptors_offset'),
      uncompiledStart: starting('class_UncompiledData__start_position__'),
      uncompiledEnd: starting('class_UncompiledData__end_position__'),
      uncompiledName: starting('class_UncompiledData__inferred_name__'),
      descriptorsHeader: starting('class_DescriptorArray__header_size__'),
      scopeInfoFirst: exact('scopeinfo_idx_first_vars'),
      contextEmbedderData: exact('native_context_embedder_data_offset'),
    },
    descriptors: {
      dictionaryShift: exact('bit_field3_is_dictionary_map_shift'),
      ownCountMask: exact('bit_field3_number_of_own_descriptors_mask'),
      ownCountShift: exact('bit_field3_number_of_own_descriptors_shift'),
      size: exact('prop_desc_size'),
      key: exact('prop_desc_key'),
      details: exact('prop_desc_details'),
      locationMask: exact('prop_location_mask'),
      locationShift: exact('prop_location_shift'),
      locationField: exact('prop_location_Field'),
      indexMask: exact('prop_index_mask'),
      indexShift: exact('prop_index_shift'),
    },
  };
  if (missing.length > 0) {
    const names = missing.slice(0, 3).join(', ');
    throw new ReadError('unsupported', `this build of Node does not say where V8 keeps ${names}; use --via inspector`);
  }
  return layout;
}

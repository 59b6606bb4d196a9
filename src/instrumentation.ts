// `loopscope/instrumentation`: for the `instrumentations` of an OpenTelemetry SDK. Names only.
export { LoopscopeInstrumentation, type LoopscopeInstrumentationConfig } from './process/loopscope-instrumentation.ts';
export { disableLibrary, enableLibrary, startHook, type HookOptions } from '../instrumentation/hook.ts';

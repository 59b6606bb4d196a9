// `loopscope/instrumentation`: for the `instrumentations` of an OpenTelemetry SDK. Names only.
export {
  LoopscopeInstrumentation,
  type LoopscopeInstrumentationConfig,
} from './subscribers/loopscope-instrumentation.ts';

# What a LabOne data server says and hears once a connection has been upgraded: the project's own description of it.
# The numbers of interfaces, methods and fields are the ones that clients use; names and wording are ours, and the
# names do not travel.

@0xd6f3c1b28a94e075;

# A node's value.

struct ComplexNumber {
  real @0 :Float64;
  imag @1 :Float64;
}

struct Vector {
  valueType @0 :UInt16;       # 7 bytes, 67 an array
  elementType @1 :UInt8;      # 0-3 uint8 to uint64, 4 float32, 5 float64, 6 text, 7 complex64, 8 complex128
  extraHeader @2 :UInt32;     # above 16 bits a version, below the header's length in 32-bit words
  data @3 :Data;
}

struct SegmentedVector {
  valueType @0 :UInt16;
  elementType @1 :UInt8;
  extraHeader @2 :UInt32;
  segments @3 :List(Data);
}

struct Count {
  timestamp @0 :UInt64;
  counter @1 :Int32;
  trigger @2 :UInt32;
}

struct Trigger {
  timestamp @0 :UInt64;
  sampleTick @1 :UInt64;
  trigger @2 :UInt32;
  missedTriggers @3 :UInt32;
  awgTrigger @4 :UInt32;
  dio @5 :UInt32;
  sequenceIndex @6 :UInt32;
}

struct Demodulated {
  timestamp @0 :UInt64;
  timestampStep @1 :UInt64;
  burstLength @2 :UInt32;
  burstOffset @3 :UInt32;
  triggerIndex @4 :UInt32;
  triggerTimestamp @5 :UInt64;
  centerFrequency @6 :Float64;
  rfPath @7 :Bool;
  oscillatorSource @8 :UInt16;
  harmonic @9 :UInt16;
  triggerSource @10 :UInt8;
  signalSource @11 :UInt16;
  oscillatorFrequency @12 :Float64;
  x @13 :List(Float64);
  y @14 :List(Float64);
}

struct Results {
  timestamp @0 :UInt64;
  jobId @1 :UInt32;
  repetitionId @2 :UInt32;
  scaling @3 :Float64;
  centerFrequency @4 :Float64;
  dataSource @5 :UInt32;
  samples @6 :UInt32;
  spectroscopySamples @7 :UInt32;
  averages @8 :UInt32;
  acquired @9 :UInt32;
  holdoffErrorsLogger @10 :UInt16;
  holdoffErrorsReadout @11 :UInt16;
  holdoffErrorsSpectroscopy @12 :UInt16;
  firstSampleTimestamp @13 :UInt64;
  vector :union {
    real @14 :List(Float64);
    complex @15 :List(ComplexNumber);
  }
}

struct ScopeRecord {
  timestamp @0 :UInt64;
  timestampStep @1 :UInt32;
  flags @2 :UInt32;
  scaling @3 :Float64;
  centerFrequency @4 :Float64;
  triggerTimestamp @5 :UInt64;
  inputSelect @6 :UInt32;
  averageCount @7 :UInt32;
  segments @8 :UInt32;
  totalSegments @9 :UInt32;
  firstSegment @10 :UInt32;
  missedTriggers @11 :UInt32;
  vector :union {
    real @12 :List(Float64);
    complex @13 :List(ComplexNumber);
  }
}

struct Waveform {
  samples @0 :List(ComplexNumber);
}

struct Regulated {
  timestamp @0 :UInt64;
  timestampStep @1 :UInt64;
  burstLength @2 :UInt32;
  burstOffset @3 :UInt32;
  triggerIndex @4 :UInt32;
  triggerTimestamp @5 :UInt64;
  centerPoint @6 :Float64;
  inputChannel @7 :UInt8;
  input @8 :UInt8;
  outputChannel @9 :UInt8;
  output @10 :UInt8;
  triggerSource @11 :UInt8;
  setPoint @12 :Float64;
  value @13 :List(Float64);
  deviation @14 :List(Float64);
}

struct Nothing {}

struct Value {
  union {
    int64 @0 :Int64;
    double @1 :Float64;
    complex @2 :ComplexNumber;
    string @3 :Text;
    vector @4 :Vector;
    count @5 :Count;
    trigger @6 :Trigger;
    none @7 :Nothing;
    streamingError @8 :Failure;
    demodulated @9 :Demodulated;
    results @10 :Results;
    counts @11 :List(Count);
    triggers @12 :List(Trigger);
    segmentedVector @13 :SegmentedVector;
    bool @14 :Bool;
    scope @15 :ScopeRecord;
    waveform @16 :Waveform;
    regulated @17 :Regulated;
  }
}

struct Annotated {
  about @0 :About;
  value @1 :Value;

  struct About {
    timestamp @0 :UInt64;
    path @1 :Text;
  }
}

# What a request can come to.

enum FailureKind {
  ok @0;
  cancelled @1;
  unknown @2;
  notFound @3;
  overwhelmed @4;
  badRequest @5;
  unimplemented @6;
  internal @7;
  unavailable @8;
  timeout @9;
}

struct Failure {
  code @0 :UInt32;
  message @1 :Text;
  category @2 :Text;
  kind @3 :FailureKind = unknown;
  source @4 :Text;
}

struct ValueOutcome {
  union {
    ok @0 :Annotated;
    failed @1 :Failure;
  }
}

struct DoneOutcome {
  union {
    ok @0 :Nothing;
    failed @1 :Failure;
  }
}

# Why a connection is refused, before any session: the body of the HTTP answer.

enum RefusalCode {
  ok @0;
  unknown @1;
  kernelNotFound @2;
  illegalDeviceIdentifier @3;
  deviceNotFound @4;
  kernelLaunchFailure @5;
  firmwareUpdateRequired @6;
  interfaceMismatch @7;
  differentInterfaceInUse @8;
  deviceInUse @9;
  unsupportedApiLevel @10;
  badRequest @11;
}

struct Refused {
  code @0 :RefusalCode;
  message @1 :Text;
}

struct ConnectionOutcome {
  union {
    ok @0 :Nothing;
    refused @1 :Refused;
  }
}

# The interfaces.

enum Lookup {
  direct @0;
  expand @1;
}

enum Complete {
  soon @0;
  acknowledged @1;
}

interface Listener @0xf51e28a7f5b41574 {
  # Clients mean this as a streaming call; a call with an empty answer looks the same on the wire.
  accept @0 (values :List(Annotated)) -> ();
}

struct Options {
  entries @0 :List(Entry);

  struct Entry {
    key @0 :Text;
    value @1 :Value;
  }
}

struct Subscription {
  path @0 :Text;
  listener @1 :Listener;
  subscriber @2 :Data;
  options @3 :Options;
}

# Methods that begin with "old" are of clients before LabOne 23.06; they are not served.

interface Reflection @0xf9a52e68104bc776 {
  oldSchema @0 () -> ();
  revision @1 () -> (version :Text);
}

interface Session @0xb9d445582da4a55c {
  list @0 (expression :Text, flags :UInt32, client :Data) -> (paths :List(Text));
  oldGet @1 (paths :List(Text), client :Data) -> (outcomes :List(ValueOutcome));
  oldSet @2 (path :Text, value :Value, complete :Complete = acknowledged) -> (outcome :DoneOutcome);
  subscribe @3 (subscription :Subscription) -> (outcome :DoneOutcome);
  disconnect @4 () -> ();
  describe @5 (expression :Text, flags :UInt32, client :Data) -> (described :Text);
  unsubscribe @6 (subscriber :Data, paths :List(Text)) -> ();
  version @7 () -> (version :Text);
  oldSet2 @8 (path :Text, value :Value, complete :Complete = acknowledged, client :Data)
      -> (outcome :ValueOutcome);
  set @9 (expression :Text, value :Value, lookup :Lookup = direct, complete :Complete = acknowledged,
          client :Data) -> (outcomes :List(ValueOutcome));
  get @10 (expression :Text, lookup :Lookup = direct, flags :UInt32 = 0, client :Data)
      -> (outcomes :List(ValueOutcome));
  cancel @11 (client :Data) -> ();
}

interface Kernel @0xa621130a90860008 extends (Reflection, Session) {}

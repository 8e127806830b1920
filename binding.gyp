{
  "variables": { "werror%": 0 },
  "targets": [
    {
      "target_name": "creditlab",
      "sources": [
        "native/addon.cc",
        "native/code_map.cc",
        "native/exec.cc",
        "native/gate.cc",
        "native/loop_wait.cc",
        "native/pause.cc",
        "native/self_test.cc",
        "native/thread_info.cc"
      ],
      "defines": ["NAPI_VERSION=9", "NAPI_DISABLE_CPP_EXCEPTIONS"],
      "cflags_cc": [
        "-isystem <!(node -p \"require('node:path').resolve(require('node-addon-api').include_dir)\")",
        "-std=c++20", "-Wall", "-Wextra", "-Wshadow", "-Wconversion"
      ],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
      "conditions": [
        # A newer compiler knows new warnings, which must not keep a user from installing.
        ["werror==1", { "cflags_cc": ["-Werror"] }]
      ]
    }
  ]
}

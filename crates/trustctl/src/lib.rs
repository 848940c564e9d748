//! What a registry embeds: load a policy, verify a token, decide.

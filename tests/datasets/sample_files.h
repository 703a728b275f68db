// The sample files and the code lists, loaded for the tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/intake/documents.h"

namespace noren::datasets {

// "datasets/samples" of the source tree.
std::string SamplesFolder();
// The bytes of a file; a test failure when it cannot be read.
std::string ReadFileBytes(const std::string& path);
// File names in a folder of the samples ("broken"), sorted, without hidden ones.
std::vector<std::string> FilesIn(std::string_view folder);

// The committed code lists and the default forbidden fields, built once.
const intake::IntakeContext& Context();

// "seekers.ko.jsonl" and so on, as intake reads it.
intake::Intake ReadSample(const std::string& name);
const std::vector<std::string>& SampleLanguages();  // ko, ja, en

}  // namespace noren::datasets

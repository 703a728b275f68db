// Contacts and announcements on the wire.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/operations/announcements.h"
#include "engine/operations/contacts.h"
#include "gen-cpp/contact_types.h"

namespace noren::server {

wire::Announcement ToWire(const operations::AnnouncementRecord& record);
wire::PersonContacts ToWire(const operations::ContactsOfPerson& contacts);

}  // namespace noren::server
